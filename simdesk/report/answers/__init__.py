"""What each kind of answer says: one honest sentence first, then what supports it. One file for each question."""
