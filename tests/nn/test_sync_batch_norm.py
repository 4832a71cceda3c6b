"""`SyncBatchNorm` in one process: batch norm of any number of dims."""
from __future__ import annotations

import flambeau as torch
from flambeau import nn


def test_every_batch_norm_is_converted_with_its_parameters_and_statistics():
    net = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3), nn.Sequential(nn.BatchNorm1d(2, affine=False))).eval()
    weight, mean = net[1].weight, net[1].running_mean
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(net)
    assert converted is net
    assert [type(norm) for norm in (net[1], net[2][0])] == [nn.SyncBatchNorm] * 2
    assert net[1].weight is weight and net[1].running_mean is mean and not net[1].training
    assert net[2][0].weight is None


def test_one_process_normalizes_over_its_own_batch():
    x = torch.randn(4, 3, 5)
    sync, plain = nn.SyncBatchNorm(3), nn.BatchNorm1d(3)
    assert torch.equal(sync(x), plain(x))
    assert torch.equal(sync.running_var, plain.running_var)
