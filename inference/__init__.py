"""What is concluded: the model's runtime, the evidence over time, and the training of models."""
