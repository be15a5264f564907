"""What is usual in healthy people, by muscle and age, and with which rule it was measured."""
