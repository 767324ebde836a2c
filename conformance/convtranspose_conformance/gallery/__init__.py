"""The page's section of checkerboards: overlap maps, their spectra, and remedies before and
after."""
