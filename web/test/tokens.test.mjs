// Holds the colours of tokens.css to WCAG AA in both themes.
