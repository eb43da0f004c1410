package org.demur.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import java.net.URL;
import java.util.regex.Pattern;

/** Lets a job file include other files, but nothing from a network. */
final class LocalIncludes implements ConfigIncluder, ConfigIncluderURL {
    private static final Pattern URL_FORM = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    private final ConfigIncluder files;

    private LocalIncludes(ConfigIncluder files) {
        this.files = files;
    }

    /** The library completes it with its own includer through {@link #withFallback} before use. */
    static ConfigIncluder create() {
        return new LocalIncludes(ConfigParseOptions.defaults().getIncluder());
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return new LocalIncludes(fallback);
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        if (URL_FORM.matcher(what).matches()) {
            throw refused(what);
        }
        return files.include(context, what);
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        throw refused(what.toString());
    }

    private static ConfigException refused(String what) {
        return new ConfigException.Generic("include of " + what + " is refused: job files include local files only");
    }
}
