package org.demur.prompts.template;

/** A place in a template source; both numbers count from 1, columns in UTF-16 units. */
record Position(int line, int column) {}
