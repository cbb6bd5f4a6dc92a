"""Notifications: people and other systems hear of it."""
