package org.demur.direction;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.demur.config.ConfigSection;

/** How a direction is found from the residuals of harmful and harmless prompts. */
public enum DirectionKind {
    /** Mean of harmful less mean of harmless (Arditi et al. 2024). */
    DIFFERENCE_IN_MEANS,
    /** Weights of a logistic regression with an L2 penalty. */
    LOGISTIC,
    /** The difference in means whitened by the shrunk covariance within the classes (Fisher's linear discriminant). */
    LDA;

    /** The spelling in tables and job files. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of that spelling. */
    static DirectionKind of(String sqlName) {
        return valueOf(sqlName.toUpperCase(Locale.ROOT));
    }

    /** The kinds that {@code direction.kinds} lists, in the order of this enumeration. */
    static List<DirectionKind> from(ConfigSection section) {
        List<String> names = section.strings("kinds");
        List<String> known = Arrays.stream(values()).map(DirectionKind::sqlName).toList();
        if (names.isEmpty() || !known.containsAll(names)) {
            throw section.invalid("kinds", "it is " + names + "; kinds are " + known, "name at least one of them");
        }
        return Arrays.stream(values())
                .filter(kind -> names.contains(kind.sqlName()))
                .toList();
    }
}
