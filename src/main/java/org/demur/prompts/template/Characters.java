package org.demur.prompts.template;

/** Python's questions about all characters of a string; an empty string answers no. */
final class Characters {
    private Characters() {}

    static boolean all(String text, String question) {
        return switch (question) {
            case "isspace" -> !text.isEmpty() && PythonText.isBlank(text);
            case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(Characters::isAsciiDigit);
            case "isalpha" -> !text.isEmpty() && text.codePoints().allMatch(Character::isLetter);
            case "isupper" -> isCased(text) && PythonText.upper(text).equals(text);
            case "islower" -> isCased(text) && PythonText.lower(text).equals(text);
            default -> throw new Refusal("the question '" + question + "' is not supported");
        };
    }

    private static boolean isAsciiDigit(int codePoint) {
        if (codePoint > 0x7f) {
            throw new Refusal("isdigit on characters outside ASCII is not supported");
        }
        return codePoint >= '0' && codePoint <= '9';
    }

    private static boolean isCased(String text) {
        return text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
    }
}
