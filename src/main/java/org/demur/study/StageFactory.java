package org.demur.study;

import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.demur.runtime.Stage;

/** Makes a stage from its section of the job file. */
@FunctionalInterface
interface StageFactory {
    /**
     * The stage.
     *
     * @param section of the stage, named like it
     * @param uses prompt sets by purpose
     */
    Stage make(ConfigSection section, PromptUses uses);
}
