package org.demur.cells;

import java.io.Serializable;

/** A prompt by its set and its id there. */
record PromptName(String set, String id) implements Serializable {}
