"""Those who translate, behind one interface, and the one way to ask them: glossary, cache, checks, halves."""
