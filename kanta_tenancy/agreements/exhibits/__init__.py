"""Files that show something: a letter, a scan, a contract."""
