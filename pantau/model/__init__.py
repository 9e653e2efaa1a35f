"""The optional reader by language model: it is asked about what the rules found possible, and never trusted without a quote."""
