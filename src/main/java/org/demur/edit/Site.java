package org.demur.edit;

/** Where in a transformer block the residual stream is read or edited. */
public enum Site {
    /** The stream that enters the block. */
    RESID_PRE("resid_pre"),
    /** The stream after attention was added, before the MLP. */
    RESID_MID("resid_mid"),
    /** The stream that leaves the block. */
    RESID_POST("resid_post");

    private final String sqlName;

    Site(String sqlName) {
        this.sqlName = sqlName;
    }

    /** The name used in tables and job files. */
    public String sqlName() {
        return sqlName;
    }

    /** The site of that table name. */
    public static Site of(String sqlName) {
        for (Site site : values()) {
            if (site.sqlName.equals(sqlName)) {
                return site;
            }
        }
        throw new IllegalArgumentException("Unknown site " + sqlName + "; known: resid_pre, resid_mid, resid_post");
    }
}
