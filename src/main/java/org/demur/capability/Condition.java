package org.demur.capability;

import java.util.List;
import org.demur.edit.Edit;

/** An intervention with the edits that it stands for, the same for every item. */
record Condition(Intervention intervention, List<Edit> edits) {}
