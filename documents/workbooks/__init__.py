"""The lists of the directory as workbooks; the directory itself knows nothing of them."""
