package org.demur.hub;

/** Paths within a repository, which come from elsewhere and must not lead out of the cache. */
final class RepositoryPath {
    private RepositoryPath() {}

    /** Whether the path is relative, of plain segments, and means the same on every operating system. */
    static boolean isPlain(String path) {
        if (path.indexOf('\\') >= 0 || path.indexOf(':') >= 0 || path.chars().anyMatch(Character::isISOControl)) {
            return false;
        }
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                return false;
            }
        }
        return true;
    }
}
