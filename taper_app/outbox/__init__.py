"""What leaves the building: channels that deliver notices, and the sender that tries until each was delivered.

It knows the database and the network, and no screen.
"""
