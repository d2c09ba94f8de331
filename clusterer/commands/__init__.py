"""Commands on a store; registered by ``clusterer.cli`` and without a thought of their own."""
