"""What is kept: signal files, their annotations, and the truth beside a simulated one."""
