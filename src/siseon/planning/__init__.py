"""The budget planner: a pipeline measured, its queues simulated, and what a target for latency and rate asks of them."""
