"""The screens of this room. One file per noun."""
