"""The numerical part of the segmentation: frames in, small parameter tables out.

Every function is pure: no database, no files, no settings, and no argument is changed.
The dbt Python models read the tables, call one function each and return its frame.
"""
