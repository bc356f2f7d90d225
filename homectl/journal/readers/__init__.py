"""Other people's logs, one file each."""
