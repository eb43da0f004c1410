package org.demur.capability;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.demur.cells.HeldOut;
import org.demur.cells.StudyPrompt;
import org.demur.losses.ScoredText;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** The fixed texts of the entries of {@code capability.documents}, whoever wrote them. */
final class DocumentTexts {
    private final StageContext context;
    private final CapabilitySettings settings;
    private final Documents documents;
    private final OwnAnswers answers;
    private final Set<String> usedForSelection = new TreeSet<>();

    DocumentTexts(StageContext context, CapabilitySettings settings) {
        this.context = context;
        this.settings = settings;
        this.documents = new Documents(context);
        this.answers = new OwnAnswers(context, settings.work());
    }

    /** The texts of an entry; fails with BAD_DATA if one served selection and the settings don't allow it. */
    List<ScoredText> texts(DocumentSettings entry, Path scratch) {
        List<Documents.Source> sources = documents.sources(entry);
        requireHeldOut(entry, sources);
        return switch (entry.kind()) {
            case ON_POLICY -> answers.texts(entry, sources, scratch);
            case RESPONSE, TEXT -> Documents.texts(entry, sources);
        };
    }

    /** Items, as {@code <set>/<prompt_id>}, of all entries so far that served selection. */
    Set<String> usedForSelection() {
        return usedForSelection;
    }

    private void requireHeldOut(DocumentSettings entry, List<Documents.Source> sources) {
        HeldOut heldOut = HeldOut.of(
                context.warehouse().read(Table.PROMPTS, context.input("prompts")), settings.heldOut(), entry.sets());
        List<StudyPrompt> prompts = new ArrayList<>();
        for (Documents.Source source : sources) {
            prompts.add(new StudyPrompt(
                    source.setName(), source.id(), "", source.passage().tokenIds(), new String[0]));
            if (heldOut.usedBy().containsKey(new HeldOut.Id(source.setName(), source.id()))) {
                usedForSelection.add(source.setName() + "/" + source.id());
            }
        }
        heldOut.require("capability", settings.heldOut(), prompts);
    }
}
