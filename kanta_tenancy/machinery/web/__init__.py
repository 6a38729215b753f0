"""HTTP without a business word: problems, keys, conditional and repeated requests, pages, logs, metrics."""
