"""What people do, second by second, by rules on their joints and on the way of their boxes.

A rule says a number from 0 (not at all) to 1 (as it should look), or NaN where it cannot tell: a joint is missing, say.
"""
