# From the page's table, by tools/make_stubs.py.
from flambeau.nn.recurrent import GRU as GRU
from flambeau.nn.recurrent import LSTM as LSTM
from flambeau.nn.recurrent import RNN as RNN
from flambeau.nn.recurrent import RNNBase as RNNBase
from flambeau.nn.recurrent_cells import GRUCell as GRUCell
from flambeau.nn.recurrent_cells import LSTMCell as LSTMCell
from flambeau.nn.recurrent_cells import RNNCell as RNNCell
from flambeau.nn.recurrent_cells import RNNCellBase as RNNCellBase
