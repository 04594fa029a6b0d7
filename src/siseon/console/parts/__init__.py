"""What pages are made of. Text that came from elsewhere goes in as ``text``, never as markup: see ``dom.py``."""
