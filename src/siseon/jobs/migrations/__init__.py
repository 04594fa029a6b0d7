"""The tables' history, oldest first; a migration that has been released is never changed."""
