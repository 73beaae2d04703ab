//! Servers of applications, and what else writes access logs beside gateways.

use crate::doctor::Gateway;

/// In the order in which they are shown where several write the same format.
pub(in crate::doctor) static APPLICATIONS: &[Gateway] = &[
    TOMCAT,
    ATLASSIAN,
    REACTOR_NETTY,
    WSO2,
    UWSGI,
    UVICORN,
    GIN,
    SQUID,
    PANELS,
    ZORAXY,
    CHI,
    OAUTH2_PROXY,
    ARTIFACTORY,
    ZEEK,
];

const TOMCAT: Gateway = Gateway {
    name: "Tomcat",
    formats: &["common", "common-time", "common-untimed"],
    place: "the `Host` of server.xml",
    config: r#"<Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" prefix="access" suffix=".log" pattern="%h %l %u %t &quot;%r&quot; %s %b &quot;%{Referer}i&quot; &quot;%{User-Agent}i&quot;"/>"#,
    adds: &[
        ("user", "%u"),
        ("status", "%s"),
        ("bytes_out", "%b"),
        ("referer", "%{Referer}i"),
        ("user_agent", "%{User-Agent}i"),
    ],
    note: "",
};

const ATLASSIAN: Gateway = Gateway {
    name: "Jira, Confluence",
    formats: &["atlassian"],
    place: "the `Engine` of conf/server.xml, where it stands by itself",
    config: r#"<Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" prefix="access_log" pattern="%a %{jira.request.id}r %{jira.request.username}r %t &quot;%m %U%q %H&quot; %s %b %D &quot;%{Referer}i&quot; &quot;%{User-Agent}i&quot; &quot;%{jira.request.assession.id}r&quot;"/>"#,
    adds: &[],
    note: "",
};

const REACTOR_NETTY: Gateway = Gateway {
    name: "reactor-netty, Spring Cloud Gateway",
    formats: &["reactor-netty"],
    place: "",
    config: "",
    adds: &[],
    note: "The line of `reactor.netty.http.server.accessLogEnabled` is fixed: have `HttpServer.accessLog` write one of your own, \
           combined or JSON, or put a proxy before it.",
};

const WSO2: Gateway = Gateway {
    name: "WSO2 API Manager",
    formats: &["wso2"],
    place: "",
    config: "",
    adds: &[],
    note: "Its pass-through transport tells the answer in a line of its own, which says nothing of the request: put a proxy before \
           it for answers beside their requests.",
};

const UWSGI: Gateway = Gateway {
    name: "uWSGI",
    formats: &["uwsgi"],
    place: "the [uwsgi] section of its ini file",
    config: r#"log-format = %(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(rsize) "%(referer)" "%(uagent)" %(micros)"#,
    adds: &[("user", "%(user)"), ("referer", "%(referer)"), ("user_agent", "%(uagent)")],
    note: "",
};

const UVICORN: Gateway = Gateway {
    name: "uvicorn",
    formats: &["uvicorn", "python-http"],
    place: "",
    config: "",
    adds: &[],
    note: "Its access log has no more columns: put nginx before it and read the log of that one.",
};

const GIN: Gateway = Gateway {
    name: "gin, KrakenD",
    formats: &["gin", "krakend"],
    place: "",
    config: "",
    adds: &[],
    note: "The line of its logger is fixed: put a proxy before it, or have `gin.LoggerWithFormatter` write JSON.",
};

const SQUID: Gateway = Gateway {
    name: "Squid",
    formats: &["squid", "squid-combined"],
    place: "squid.conf",
    config: r#"logformat gatehound %>a - %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st "%{Referer}>h" "%{User-Agent}>h"
access_log daemon:/var/log/squid/requests.log logformat=gatehound"#,
    adds: &[("user", "%[un"), ("referer", "%{Referer}>h"), ("user_agent", "%{User-Agent}>h")],
    note: "Keep the native log as well: only that says how long requests took.",
};

const PANELS: Gateway = Gateway {
    name: "nginx with a panel",
    formats: &["nginx-proxy-manager", "npmplus", "bunkerweb"],
    place: "",
    config: "",
    adds: &[],
    note: "The panel writes the `log_format` itself. Add an `access_log` with a format of your own in its custom configuration, as \
           for nginx.",
};

const ZORAXY: Gateway = Gateway {
    name: "Zoraxy",
    formats: &["zoraxy"],
    place: "",
    config: "",
    adds: &[],
    note: "Its line is fixed; sizes, times and users have to be logged by the services behind it.",
};

const CHI: Gateway = Gateway {
    name: "chi",
    formats: &["chi"],
    place: "",
    config: "",
    adds: &[],
    note: "The line of `middleware.Logger` is fixed: have `httplog` or slog write JSON with user, agent and referer, or put a \
           proxy before it.",
};

const OAUTH2_PROXY: Gateway = Gateway {
    name: "oauth2-proxy",
    formats: &["oauth2-proxy"],
    place: "its configuration",
    config: "request_logging = true",
    adds: &[],
    note: "It logs no referer and no session; `auth_logging` tells of logins in lines of their own.",
};

const ARTIFACTORY: Gateway = Gateway {
    name: "Artifactory",
    formats: &["artifactory"],
    place: "",
    config: "",
    adds: &[],
    note: "The columns of artifactory-request.log are fixed; the proxy before it can log a referer.",
};

const ZEEK: Gateway = Gateway {
    name: "Zeek",
    formats: &["zeek-http", "zeek-json"],
    place: "",
    config: "",
    adds: &[],
    note: "It sees what is on the wire: users only of basic authentication, and nothing of TLS. Read the log of the server as well.",
};
