package org.demur.cli;

import org.demur.study.CodeVersion;
import picocli.CommandLine.IVersionProvider;

/** The text of {@code --version}. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"demur " + CodeVersion.text()};
    }
}
