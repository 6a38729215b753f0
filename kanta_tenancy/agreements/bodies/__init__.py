"""What the API shows and takes of agreements and of what happens to them."""
