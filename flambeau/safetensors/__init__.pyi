# From the page's table, by tools/make_stubs.py.
from flambeau.safetensors.header import SafetensorError as SafetensorError
from flambeau.safetensors.modules import load_model as load_model
from flambeau.safetensors.modules import save_model as save_model
from flambeau.safetensors.reading import load as load
from flambeau.safetensors.reading import load_file as load_file
from flambeau.safetensors.reading import safe_open as safe_open
from flambeau.safetensors.writing import save as save
from flambeau.safetensors.writing import save_file as save_file
