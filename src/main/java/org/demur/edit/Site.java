package org.demur.edit;

/** Where in a transformer block the residual stream, or what is added to it, is read or edited. */
public enum Site {
    /** The stream that enters the block. */
    RESID_PRE("resid_pre"),
    /** What attention adds to the stream. */
    ATTN_OUT("attn_out"),
    /** The stream after attention was added. The MLP reads it, unless both halves of a block run side by side. */
    RESID_MID("resid_mid"),
    /** What the MLP adds to the stream. */
    MLP_OUT("mlp_out"),
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

    /** Whether the residual stream itself is here, and not what a half of the block adds to it. */
    public boolean isStream() {
        return switch (this) {
            case RESID_PRE, RESID_MID, RESID_POST -> true;
            case ATTN_OUT, MLP_OUT -> false;
        };
    }

    /** The site of that table name. */
    public static Site of(String sqlName) {
        for (Site site : values()) {
            if (site.sqlName.equals(sqlName)) {
                return site;
            }
        }
        throw new IllegalArgumentException(
                "Unknown site " + sqlName + "; known: resid_pre, attn_out, resid_mid, mlp_out, resid_post");
    }
}
