package org.demur.losses;

import java.io.Serializable;
import java.util.List;
import org.demur.edit.Edit;

/** One task: some of the harmless texts under one intervention, given as edits that hold for every text. */
record LossJob(List<Edit> edits, List<ScoredText> texts) implements Serializable {}
