"""A home controller that learns how a household wants its lights, heating and door lock."""
