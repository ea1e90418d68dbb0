"""What a user writes: YAML, the frozen model it becomes, and the sentences about what is wrong with it."""
