"""How an ordinary NumPy function is differentiated: recorded as it runs, then walked back by the chain rule."""
