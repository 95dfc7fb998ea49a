"""The control plane: takes workbooks, queues simulations, tells of their progress and hands out results."""
