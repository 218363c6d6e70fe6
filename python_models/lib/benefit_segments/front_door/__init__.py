"""The front door: reads every input, files or tables, and accounts for every line of them."""

from benefit_segments.front_door.errors import InputError
from benefit_segments.front_door.load import input_folder, load_inputs

__all__ = ["InputError", "input_folder", "load_inputs"]
