"""What the pages on traces show: requests that have ended, and the waterfall of one."""
