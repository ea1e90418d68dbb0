"""Puts this folder on the path, so that every test can import `tiny`; pytest does so because this file is here."""
