"""What the screens of this room read. One file per noun; forms do not write."""
