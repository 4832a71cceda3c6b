# From the page's table, by tools/make_stubs.py.
from flambeau.utils.tensorboard.records import FileWriter as FileWriter
from flambeau.utils.tensorboard.writer import SummaryWriter as SummaryWriter
