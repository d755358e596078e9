"""What has been run, for people to read."""
