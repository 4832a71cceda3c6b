"""`torch.nn`: modules, layers and losses. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.activation":
        "CELU ELU GELU GLU SELU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish PReLU ReLU "
        "ReLU6 RReLU Sigmoid SiLU Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink Threshold",
    "nn.adaptive": "AdaptiveLogSoftmaxWithLoss",
    "nn.containers": "Container ModuleDict ModuleList Sequential",
    "nn.convolution": "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d",
    "nn.distance": "CosineSimilarity PairwiseDistance",
    "nn.dropout": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout",
    "nn.embedding": "Embedding EmbeddingBag",
    "nn.factory": "factory_kwargs",
    "nn.linear": "Bilinear Flatten Identity Linear Unflatten",
    "nn.linear_cross_entropy": "LinearCrossEntropyLoss LinearCrossEntropyOptions",
    "nn.loss":
        "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss "
        "KLDivLoss L1Loss MarginRankingLoss MSELoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss "
        "NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss",
    "nn.module": "Module",
    "nn.multihead": "MultiheadAttention",
    "nn.normalization":
        "BatchNorm1d BatchNorm2d BatchNorm3d CrossMapLRN2d GroupNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d "
        "LayerNorm LocalResponseNorm RMSNorm",
    "nn.padding":
        "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d ReflectionPad2d "
        "ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d",
    "nn.parallel": "DataParallel",
    "nn.lazy":
        "LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d "
        "LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear",
    "nn.parameter": "Buffer Parameter UninitializedBuffer UninitializedParameter",
    "nn.parameter_containers": "ParameterDict ParameterList",
    "nn.pooling":
        "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d "
        "AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxPool1d "
        "MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d",
    "nn.rearranging": "ChannelShuffle Fold PixelShuffle PixelUnshuffle Unfold",
    "nn.recurrent": "GRU LSTM RNN RNNBase",
    "nn.recurrent_cells": "GRUCell LSTMCell RNNCell RNNCellBase",
    "nn.sync_batch_norm": "SyncBatchNorm",
    "nn.transformer":
        "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer",
    "nn.upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
}, parts="attention functional grad init modules parallel parameter utils")
