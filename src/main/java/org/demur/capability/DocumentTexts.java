package org.demur.capability;

import java.nio.file.Path;
import java.util.List;
import org.demur.losses.ScoredText;
import org.demur.runtime.StageContext;

/** The fixed texts of an entry of {@code capability.documents}, whoever wrote them. */
final class DocumentTexts {
    private final Documents documents;
    private final OwnAnswers answers;

    DocumentTexts(StageContext context, CapabilitySettings settings) {
        this.documents = new Documents(context);
        this.answers = new OwnAnswers(context, settings.work());
    }

    List<ScoredText> texts(DocumentSettings settings, Path scratch) {
        return switch (settings.kind()) {
            case ON_POLICY -> answers.texts(settings, documents.sources(settings), scratch);
            case RESPONSE, TEXT -> documents.texts(settings);
        };
    }
}
