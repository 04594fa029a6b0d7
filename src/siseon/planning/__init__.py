"""The budget planner: a measured pipeline, its queues simulated, and what a latency target and a rate ask of them."""
