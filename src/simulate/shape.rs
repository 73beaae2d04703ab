//! The kinds of API that a seed may draw. To add one: describe it here, and name it in [`SHAPES`].

/// What stands before the objects that somebody owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Nothing: `/orders/7`.
    Flat,
    /// The owner's name: `/users/amy/drafts/7`.
    User(&'static str),
    /// The owner's tenant: `/tenants/north-mill/documents/7`.
    Tenant(&'static str),
}

/// How an API names its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdStyle {
    /// `700123`
    Number,
    /// `0191e6a2-7c3b-7f10-8a55-3d1c2b7e9f04`
    Uuid,
    /// `65f0c3a91b2d4e5f60718293`
    Hex,
    /// `linen-shirt-4k2`
    Slug,
    /// `sha256:9f86…`
    Digest,
}

/// One kind of API, as its developers would sketch it.
#[derive(Debug)]
pub(super) struct Shape {
    /// The host that answers.
    pub host: &'static str,
    /// Where its web pages live, for the referer.
    pub web: &'static str,
    /// What its app calls itself.
    pub app: &'static str,
    /// Path prefixes that a seed may draw.
    pub prefixes: &'static [&'static str],
    /// Login paths, below the prefix.
    pub logins: &'static [&'static str],
    /// The public catalogue.
    pub catalogue: &'static str,
    /// How the catalogue names its entries.
    pub catalogue_ids: &'static [IdStyle],
    /// Objects that belong to somebody.
    pub owned: &'static str,
    /// What stands before them.
    pub scope: Scope,
    /// How they are named.
    pub owned_ids: &'static [IdStyle],
    /// Other objects that belong to somebody, always numbered one by one.
    pub numbered: &'static str,
    /// What people change, with the status that answers.
    pub actions: &'static [(&'static str, &'static str, u16)],
    /// A list of people or records that staff and partners may page through.
    pub records: &'static str,
    /// The file that a release publishes.
    pub release: &'static str,
    /// Words that people search for and slugs are made of.
    pub words: &'static [&'static str],
}

/// Every shape.
pub(super) static SHAPES: &[&Shape] = &[&SHOP, &BANK, &WORKSPACE, &MAGAZINE, &REGISTRY];

static SHOP: Shape = Shape {
    host: "api.shop.example",
    web: "https://www.shop.example",
    app: "Kaufhaus",
    prefixes: &["/api/v1", "/v2", "/api", "/rest/v3"],
    logins: &["/auth/login", "/login", "/customers/sign_in", "/oauth/token"],
    catalogue: "products",
    catalogue_ids: &[IdStyle::Number, IdStyle::Slug, IdStyle::Hex],
    owned: "orders",
    scope: Scope::Flat,
    owned_ids: &[IdStyle::Number, IdStyle::Uuid, IdStyle::Hex],
    numbered: "invoices",
    actions: &[
        ("POST", "/cart/items", 201),
        ("DELETE", "/cart/items/3", 204),
        ("PUT", "/cart", 200),
        ("POST", "/checkout", 201),
        ("POST", "/wishlist", 201),
    ],
    records: "customers",
    release: "/downloads/catalogue-spring.pdf",
    words: &[
        "linen", "shirt", "summer", "boots", "wool", "coat", "denim", "canvas", "bag", "scarf", "leather",
        "sock", "rain", "jacket", "mug", "lamp",
    ],
};

static BANK: Shape = Shape {
    host: "banking.example",
    web: "https://www.banking.example",
    app: "Sparfuchs",
    prefixes: &["/v1", "/api/v4", "/mobile/api", "/psd2/v1"],
    logins: &["/session", "/auth/token", "/login", "/identity/authenticate"],
    catalogue: "branches",
    catalogue_ids: &[IdStyle::Number, IdStyle::Slug],
    owned: "accounts",
    scope: Scope::Flat,
    owned_ids: &[IdStyle::Uuid, IdStyle::Hex],
    numbered: "statements",
    actions: &[
        ("POST", "/transfers", 201),
        ("POST", "/transfers/validate", 200),
        ("PUT", "/limits", 200),
        ("POST", "/cards/freeze", 202),
        ("DELETE", "/standing-orders/2", 204),
    ],
    records: "transactions",
    release: "/app/releases/sparfuchs-5.60.apk",
    words: &[
        "market", "square", "north", "station", "harbour", "church", "mill", "park", "bridge", "castle",
        "garden", "river",
    ],
};

static WORKSPACE: Shape = Shape {
    host: "app.workspace.example",
    web: "https://app.workspace.example",
    app: "Workspace",
    prefixes: &["/api", "/api/v2", "", "/gateway/v1"],
    logins: &["/auth/login", "/sessions", "/sso/login", "/users/sign_in"],
    catalogue: "templates",
    catalogue_ids: &[IdStyle::Slug, IdStyle::Hex],
    owned: "documents",
    scope: Scope::Tenant("tenants"),
    owned_ids: &[IdStyle::Hex, IdStyle::Uuid, IdStyle::Number],
    numbered: "tickets",
    actions: &[
        ("POST", "/comments", 201),
        ("PATCH", "/settings", 200),
        ("POST", "/events/batch", 202),
        ("PUT", "/presence", 204),
        ("POST", "/files/uploads", 201),
    ],
    records: "members",
    release: "/desktop/workspace-5.60-setup.exe",
    words: &[
        "north", "mill", "delta", "studio", "atlas", "forge", "harbor", "pixel", "orbit", "cedar", "summit",
        "quartz", "ember", "willow",
    ],
};

static MAGAZINE: Shape = Shape {
    host: "www.magazine.example",
    web: "https://www.magazine.example",
    app: "Lesezirkel",
    prefixes: &["", "/content/v1", "/wp-json/v2"],
    logins: &["/account/login", "/login", "/auth/signin"],
    catalogue: "articles",
    catalogue_ids: &[IdStyle::Slug],
    owned: "drafts",
    scope: Scope::User("users"),
    owned_ids: &[IdStyle::Number, IdStyle::Slug, IdStyle::Hex],
    numbered: "comments",
    actions: &[
        ("POST", "/comments", 201),
        ("POST", "/reactions", 200),
        ("PUT", "/reading-list", 200),
        ("DELETE", "/reading-list/4", 204),
    ],
    records: "subscribers",
    release: "/audio/special-issue.mp3",
    words: &[
        "why", "the", "city", "water", "future", "quiet", "children", "winter", "letters", "behind", "music",
        "small", "island", "after", "election", "bread",
    ],
};

static REGISTRY: Shape = Shape {
    host: "registry.example",
    web: "https://registry.example",
    app: "pkgtool",
    prefixes: &["/v2", "/api/v1", "/registry"],
    logins: &["/token", "/user/login", "/-/login", "/auth"],
    catalogue: "packages",
    catalogue_ids: &[IdStyle::Slug],
    owned: "manifests",
    scope: Scope::User("repositories"),
    owned_ids: &[IdStyle::Digest, IdStyle::Hex],
    numbered: "builds",
    actions: &[
        ("PUT", "/uploads/commit", 201),
        ("POST", "/hooks", 201),
        ("PATCH", "/uploads/chunk", 202),
        ("POST", "/stars", 204),
    ],
    records: "audit-log",
    release: "/releases/pkgtool-5.60.tar.gz",
    words: &[
        "serde", "left", "pad", "async", "core", "json", "parser", "http", "tokio", "lite", "util", "macro",
        "stream", "log", "cache", "fast",
    ],
};
