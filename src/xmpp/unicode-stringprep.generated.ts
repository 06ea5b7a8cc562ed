// Written by tools/make-unicode.ts from RFC 3454 and RFC 3920 appendix A (Unicode 3.2). Do not edit.

/** N mapped to nothing (B.1), P prohibited (Nodeprep), R RandALCat (D.1), L LCat (D.2), O any other. */
export const NODEPREP_CLASSES: string =
  "PxO1P1O3P2O7P1OaP1O1P1O1P1O1P1LqO6LqO4PyO9L1O2N1O7L1O4L1O5LnO1LvO1L89O1LiOsL2mO2L9O2L7OeL2OeL5O9L1O29P2OdN1O16" +
  "L1ObL1O1L3O1L1O1LkO1L18O1L12OaL3nO7L1xO1L12O2L2O6LgOxL12O2L7O1L13O1L1O1gR1O1R1O2R1OcRrO5R5O12R1O3R1O1RqO5RbOyR" +
  "3O1R2tO7P1O7R2OjR5O1ReO1P1R1O1RrO2bR12ObR1O9dL1O1L1hO3L4O8L4O3L1O7LaO2LdOhL2O1L8O2L2O2LmO1L7O1L1O3L4O4L3O6L2O2" +
  "L2OaL1O4L2O1L3O4LcO2L7OaL6O4L2O2LmO1L7O1L2O1L2O1L2O4L3OoL4O1L1O7LaO2L3OeL1O1L7O1L1O1L3O1LmO1L7O1L2O1L5O3L4O8L1" +
  "O1L2O3L1OfL1O5LaOiL2O1L8O2L2O2LmO1L7O1L2O2L4O3L2O1L1O6L2O2L2OaL1O4L2O1L3O4LbOiL1O1L6O3L3O1L4O3L2O1L1O1L2O3L2O3" +
  "L3O3L8O1L3O4L2O1L2O3L3O1L3OaL1OfLcOeL3O1L8O1L3O1LnO1LaO1L5O7L4OrL2O4LaOiL2O1L8O1L3O1LnO1LaO1L5O4L1O1L5O2L2O1L2" +
  "O9L2O7L1O1L2O4LaOiL2O1L8O1L3O1LnO1LgO4L3O5L3O1L3OaL1O8L2O4LaOiL2O1LiO3LoO1L9O1L1O2L7O8L3O6L8OiL3OcL1cO1L2OcL7O" +
  "8LdO11L2O1L1O2L2O1L1O2L1O6L4O1L7O1L3O1L1O1L1O2L2O1L4O1L2O9L1O2L5O1L1O9LaO2L2OyLoO2LrO1L1O1L1O5LaO1LyOkL1O5L1O2" +
  "L4O1eL8O1L6O2L1O1cLyO1L5O1L2O1L1O4L1O6L1O7LoO20L12OaL15O2L1O4L2iO5L1wO5L2aO6L7O1L1rO1L1O1L4O2L7O1L1O1L4O2L13O1" +
  "L1O1L4O2LvO1L1O1L4O2L7O1L1O1L4O2L7O1L7O1LnO1LvO1L1O1L4O2L7O1L13O1LjO6LsOzL2dOcLhiO9P1LqO5L29OfLdO1L4OeLiO3L2O9" +
  "LiOeLdO1L3OfL1jO7L8O1L2ObL7O1L1O3LaOsN1O4N3P1O1LaO6L2gO8L15O11zL4cO4L2iO6LmO2L6O2L12O2L6O2L8O1L1O1L1O1L1O1LvO2" +
  "L1hO1L7O1L1O3L3O1L7O3L4O2L6O4LdO5L3O1L7O3PbN3P2OoP8O1bP1N1P3O6P6O1L1OdL1O3mL1O4L1O2LaO1L1O3L5O6L1O1L1O1L1O1L4O" +
  "1L3O1L7O3L3O5L5OmL10Oc2L1xOqL1O7aL26O26ePcO4P1O4L3OpL9O7L5O2L5O4L2eO6L3O1L2iO1L4O5L14O4L2mO1L14O1kL19O3L10OsLs" +
  "O3L1eOfLcO4L1bO1L3bO4L2rO2LvO1L52uO22Lg4mO2iLwdO1gzL8mcO2kP6ioL8eO2L1nO45L7OcL5O5R1O1RaO1RdO1R5O1R1O1R2O1R2O1R" +
  "30OxRa3OiR1sO2R1iO8PwRdO3NgO2oR5O1R3rO2N1OxLqO6LqObL2hO3L6O2L6O2L6O2L3OsP7OlcLvO1L4OcLrO51L12O2L12O148iL6uOaL1" +
  "3O3L1pO3L9P8O8L2O7LuO4L1cOf6L2dO1L1zO1L2O2L1O2L2O2L4O1LcO1L1O1L4O1L2O1L1tO1L4O2L8O1L7O1LsO1L4O1L5O1L1O3L7O1L9e" +
  "O4L82O7xwP2LwyfOg15Lf2O15sP2O1ekeP2O1ekeP2O1ekeP2O1ekeP2O1ekeP2O1ekeP2O1ekeP2O1ekeP2O1ekeP2O1ekeP2O1ekeP2O1P1O" +
  "uP2oO1eguP2t4y";

/** RFC 3454 table B.2. */
export const NODEPREP_FOLDINGS: string =
  "1t:2p,1:2q,1:2r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a" +
  ",1:3b,1:3c,1:3d,1:3e,2j:qk,b:68,1:69,1:6a,1:6b,1:6c,1:6d,1:6e,1:6f,1:6g,1:6h,1:6i,1:6j,1:6k,1:6l,1:6m,1:6n,1:6" +
  "o,1:6p,1:6q,1:6r,1:6s,1:6t,1:6u,2:6w,1:6x,1:6y,1:6z,1:70,1:71,1:72,1:37.37,x:75,2:77,2:79,2:7b,2:7d,2:7f,2:7h," +
  "2:7j,2:7l,2:7n,2:7p,2:7r,2:7t,2:7v,2:7x,2:7z,2:81,2:83,2:85,2:87,2:89,2:8b,2:8d,2:8f,2:2x.lj,2:8j,2:8l,2:8n,3:" +
  "8q,2:8s,2:8u,2:8w,2:8y,2:90,2:92,2:94,2:jg.32,1:97,2:99,2:9b,2:9d,2:9f,2:9h,2:9j,2:9l,2:9n,2:9p,2:9r,2:9t,2:9v" +
  ",2:9x,2:9z,2:a1,2:a3,2:a5,2:a7,2:a9,2:ab,2:ad,2:af,2:73,1:ai,2:ak,2:am,2:37,2:gj,1:ar,2:at,2:gk,1:aw,2:gm,1:gn" +
  ",1:b0,3:d9,1:gp,1:gr,1:b6,2:gw,1:gz,2:h5,1:h4,1:bd,4:hb,1:he,2:hh,1:bl,2:bn,2:bp,2:hs,1:bs,2:hv,3:bx,2:i0,1:c0" +
  ",2:i2,1:i3,1:c4,2:c6,2:ia,1:c9,4:cd,8:cm,1:cm,2:cp,1:cp,2:cs,1:cs,2:cu,2:cw,2:cy,2:d0,2:d2,2:d4,2:d6,2:d8,3:db" +
  ",2:dd,2:df,2:dh,2:dj,2:dl,2:dn,2:dp,2:dr,2:2y.lo,1:dv,1:dv,2:dx,2:b9,1:cf,1:e1,2:e3,2:e5,2:e7,2:e9,2:eb,2:ed,2" +
  ":ef,2:eh,2:ej,2:el,2:en,2:ep,2:er,2:et,2:ev,2:ex,2:ez,2:f1,2:f3,2:bi,2:f7,2:f9,2:fb,2:fd,2:ff,2:fh,2:fj,2:fl,2" +
  ":fn,7n:qh,1h:w.qh,c:q4,2:q5,1:q6,1:q7,2:r0,2:r1,1:r2,1:qh.lk.ld,1:q9,1:qa,1:qb,1:qc,1:qd,1:qe,1:qf,1:qg,1:qh,1" +
  ":qi,1:qj,1:qk,1:ql,1:qm,1:qn,1:qo,1:qp,2:qr,1:qs,1:qt,1:qu,1:qv,1:qw,1:qx,1:qy,1:qz,5:qt.lk.ld,i:qr,e:qa,1:qg," +
  "1:qt,1:r1,1:qz,1:qu,1:qo,2:rd,2:rf,2:rh,2:rj,2:rl,2:rn,2:rp,2:rr,2:rt,2:rv,2:rx,2:rz,2:qi,1:qp,1:qr,2:qg,1:qd," +
  "b:uo,1:up,1:uq,1:ur,1:us,1:ut,1:uu,1:uv,1:uw,1:ux,1:uy,1:uz,1:v0,1:v1,1:v2,1:v3,1:ts,1:tt,1:tu,1:tv,1:tw,1:tx," +
  "1:ty,1:tz,1:u0,1:u1,1:u2,1:u3,1:u4,1:u5,1:u6,1:u7,1:u8,1:u9,1:ua,1:ub,1:uc,1:ud,1:ue,1:uf,1:ug,1:uh,1:ui,1:uj," +
  "1:uk,1:ul,1:um,1:un,1d:v5,2:v7,2:v9,2:vb,2:vd,2:vf,2:vh,2:vj,2:vl,2:vn,2:vp,2:vr,2:vt,2:vv,2:vx,2:vz,2:w1,a:wb" +
  ",2:wd,2:wf,2:wh,2:wj,2:wl,2:wn,2:wp,2:wr,2:wt,2:wv,2:wx,2:wz,2:x1,2:x3,2:x5,2:x7,2:x9,2:xb,2:xd,2:xf,2:xh,2:xj" +
  ",2:xl,2:xn,2:xp,2:xr,3:xu,2:xw,2:xy,2:y0,2:y2,2:y4,2:y6,3:y9,2:yb,2:yd,2:yf,2:yh,2:yj,2:yl,2:yn,2:yp,2:yr,2:yt" +
  ",2:yv,2:yx,2:yz,2:z1,2:z3,2:z5,2:z7,2:z9,4:zd,8:zl,2:zn,2:zp,2:zr,2:zt,2:zv,2:zx,2:zz,z:129,1:12a,1:12b,1:12c," +
  "1:12d,1:12e,1:12f,1:12g,1:12h,1:12i,1:12j,1:12k,1:12l,1:12m,1:12n,1:12o,1:12p,1:12q,1:12r,1:12s,1:12t,1:12u,1:" +
  "12v,1:12w,1:12x,1:12y,1:12z,1:130,1:131,1:132,1:133,1:134,1:135,1:136,1:137,1:138,1:139,1:13a,1d:12d.136,4u1:5" +
  "xd,2:5xf,2:5xh,2:5xj,2:5xl,2:5xn,2:5xp,2:5xr,2:5xt,2:5xv,2:5xx,2:5xz,2:5y1,2:5y3,2:5y5,2:5y7,2:5y9,2:5yb,2:5yd" +
  ",2:5yf,2:5yh,2:5yj,2:5yl,2:5yn,2:5yp,2:5yr,2:5yt,2:5yv,2:5yx,2:5yz,2:5z1,2:5z3,2:5z5,2:5z7,2:5z9,2:5zb,2:5zd,2" +
  ":5zf,2:5zh,2:5zj,2:5zl,2:5zn,2:5zp,2:5zr,2:5zt,2:5zv,2:5zx,2:5zz,2:601,2:603,2:605,2:607,2:609,2:60b,2:60d,2:6" +
  "0f,2:60h,2:60j,2:60l,2:60n,2:60p,2:60r,2:60t,2:60v,2:60x,2:60z,2:611,2:613,2:615,2:617,2:619,2:61b,2:61d,2:61f" +
  ",2:61h,2:2w.mp,1:38.lk,1:3b.lm,1:3d.lm,1:2p.ji,1:601,5:61t,2:61v,2:61x,2:61z,2:621,2:623,2:625,2:627,2:629,2:6" +
  "2b,2:62d,2:62f,2:62h,2:62j,2:62l,2:62n,2:62p,2:62r,2:62t,2:62v,2:62x,2:62z,2:631,2:633,2:635,2:637,2:639,2:63b" +
  ",2:63d,2:63f,2:63h,2:63j,2:63l,2:63n,2:63p,2:63r,2:63t,2:63v,2:63x,2:63z,2:641,2:643,2:645,2:647,2:649,g:64g,1" +
  ":64h,1:64i,1:64j,1:64k,1:64l,1:64m,1:64n,9:64w,1:64x,1:64y,1:64z,1:650,1:651,b:65c,1:65d,1:65e,1:65f,1:65g,1:6" +
  "5h,1:65i,1:65j,9:65s,1:65t,1:65u,1:65v,1:65w,1:65x,1:65y,1:65z,9:668,1:669,1:66a,1:66b,1:66c,1:66d,3:qt.lv,2:q" +
  "t.lv.lc,2:qt.lv.ld,2:qt.lv.n6,3:66p,2:66r,2:66t,2:66v,9:674,1:675,1:676,1:677,1:678,1:679,1:67a,1:67b,h:64g.qh" +
  ",1:64h.qh,1:64i.qh,1:64j.qh,1:64k.qh,1:64l.qh,1:64m.qh,1:64n.qh,1:64g.qh,1:64h.qh,1:64i.qh,1:64j.qh,1:64k.qh,1" +
  ":64l.qh,1:64m.qh,1:64n.qh,1:65c.qh,1:65d.qh,1:65e.qh,1:65f.qh,1:65g.qh,1:65h.qh,1:65i.qh,1:65j.qh,1:65c.qh,1:6" +
  "5d.qh,1:65e.qh,1:65f.qh,1:65g.qh,1:65h.qh,1:65i.qh,1:65j.qh,1:674.qh,1:675.qh,1:676.qh,1:677.qh,1:678.qh,1:679" +
  ".qh,1:67a.qh,1:67b.qh,1:674.qh,1:675.qh,1:676.qh,1:677.qh,1:678.qh,1:679.qh,1:67a.qh,1:67b.qh,3:67k.qh,1:q9.qh" +
  ",1:q4.qh,2:q9.n6,1:q9.n6.qh,1:69c,1:69d,1:67k,1:67l,1:q9.qh,2:qh,4:67o.qh,1:qf.qh,1:q6.qh,2:qf.n6,1:qf.n6.qh,1" +
  ":67m,1:67n,1:67o,1:67p,1:qf.qh,6:qh.lk.lc,1:qh.lk.ld,3:qh.n6,1:qh.lk.n6,1:6a8,1:6a9,1:67q,1:67r,7:qt.lk.lc,1:q" +
  "t.lk.ld,1:qp.lv,2:qt.n6,1:qt.lk.n6,1:6ao,1:6ap,1:67u,1:67v,1:6at,6:67w.qh,1:qx.qh,1:r2.qh,2:qx.n6,1:qx.n6.qh,1" +
  ":67s,1:67t,1:67w,1:67x,1:qx.qh,4s:36.37,2i:2r,1:4w.2r,4:gr,2:4w.2u,2:2w,1:2w,1:2w,3:2x,1:2x,1:30,3:32,1:32.33," +
  "3:34,1:35,1:36,1:36,1:36,3:37.31,1:38.2t.30,1:38.31,2:3e,2:qx,2:3e,2:2z,1:6d,1:2q,1:2r,3:2t,1:2u,2:31,b:qb,1:q" +
  "o,6:2s,r:6ls,1:6lt,1:6lu,1:6lv,1:6lw,1:6lx,1:6ly,1:6lz,1:6m0,1:6m1,1:6m2,1:6m3,1:6m4,1:6m5,1:6m6,1:6m7,nb:79s," +
  "1:79t,1:79u,1:79v,1:79w,1:79x,1:79y,1:79z,1:7a0,1:7a1,1:7a2,1:7a3,1:7a4,1:7a5,1:7a6,1:7a7,1:7a8,1:7a9,1:7aa,1:" +
  "7ab,1:7ac,1:7ad,1:7ae,1:7af,1:7ag,1:7ah,2w2:2w.34.2p,2:2p.39,2:33.3a,b:34.2p,1:32.2p,1:qk.2p,1:31.2p,1:2z.2p,1" +
  ":2z.2q,1:31.2q,1:2v.2q,3:34.2u,1:32.2u,1:qk.2u,4:2w.3e,1:2z.2w.3e,1:31.2w.3e,1:2v.2w.3e,1:38.2w.3e,l:34.2p,1:2" +
  "z.34.2p,1:31.34.2p,1:2v.34.2p,8:34.3a,1:32.3a,1:qk.3a,1:31.3a,1:2z.3a,1:31.3a,1:34.3b,1:32.3b,1:qk.3b,1:31.3b," +
  "1:2z.3b,1:31.3b,1:2z.qx,1:31.qx,2:2q.35,3:2r.6qd.2z.2v,1:2r.33.1a,1:2s.2q,1:2v.3d,2:2w.34,2:2z.2z,1:2z.31,9:34" +
  ".2w,2:34.34.31,1:34.36,2:37.3a,1:3b.2q,13c3:2u.2u,1:2u.2x,1:2u.30,1:2u.2u.2x,1:2u.2u.30,1:37.38,1:37.38,d:12s." +
  "12u,1:12s.12d,1:12s.12j,1:132.12u,1:12s.12l,sq:1ef5,1:1ef6,1:1ef7,1:1ef8,1:1ef9,1:1efa,1:1efb,1:1efc,1:1efd,1:" +
  "1efe,1:1eff,1:1efg,1:1efh,1:1efi,1:1efj,1:1efk,1:1efl,1:1efm,1:1efn,1:1efo,1:1efp,1:1efq,1:1efr,1:1efs,1:1eft," +
  "1:1efu,xy:1fe0,1:1fe1,1:1fe2,1:1fe3,1:1fe4,1:1fe5,1:1fe6,1:1fe7,1:1fe8,1:1fe9,1:1fea,1:1feb,1:1fec,1:1fed,1:1f" +
  "ee,1:1fef,1:1feg,1:1feh,1:1fei,1:1fej,1:1fek,1:1fel,1:1fem,1:1fen,1:1feo,1:1fep,1:1feq,1:1fer,1:1fes,1:1fet,1:" +
  "1feu,1:1fev,1:1few,1:1fex,1:1fey,1:1fez,1:1ff0,1:1ff1,1523:2p,1:2q,1:2r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2" +
  "z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3d,1:3e,r:2p,1:2q,1:2r,1:2s,1:2t,1:2u,1:2" +
  "v,1:2w,1:2x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3d,1:3e,r:2p,1:2q,1:2" +
  "r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3" +
  "d,1:3e,r:2p,2:2r,1:2s,3:2v,3:2y,1:2z,3:32,1:33,1:34,1:35,2:37,1:38,1:39,1:3a,1:3b,1:3c,1:3d,1:3e,r:2p,1:2q,1:2" +
  "r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3" +
  "d,1:3e,r:2p,1:2q,2:2s,1:2t,1:2u,1:2v,3:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,2:37,1:38,1:39,1:3a,1:3b,1:3c,1:3" +
  "d,s:2p,1:2q,2:2s,1:2t,1:2u,1:2v,2:2x,1:2y,1:2z,1:30,1:31,2:33,4:37,1:38,1:39,1:3a,1:3b,1:3c,1:3d,s:2p,1:2q,1:2" +
  "r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3" +
  "d,1:3e,r:2p,1:2q,1:2r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:3" +
  "9,1:3a,1:3b,1:3c,1:3d,1:3e,r:2p,1:2q,1:2r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:3" +
  "5,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3d,1:3e,r:2p,1:2q,1:2r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2z,1:30,1:3" +
  "1,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3d,1:3e,r:2p,1:2q,1:2r,1:2s,1:2t,1:2u,1:2v,1:2w,1:2" +
  "x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3d,1:3e,r:2p,1:2q,1:2r,1:2s,1:2" +
  "t,1:2u,1:2v,1:2w,1:2x,1:2y,1:2z,1:30,1:31,1:32,1:33,1:34,1:35,1:36,1:37,1:38,1:39,1:3a,1:3b,1:3c,1:3d,1:3e,v:q" +
  "9,1:qa,1:qb,1:qc,1:qd,1:qe,1:qf,1:qg,1:qh,1:qi,1:qj,1:qk,1:ql,1:qm,1:qn,1:qo,1:qp,1:qg,1:qr,1:qs,1:qt,1:qu,1:q" +
  "v,1:qw,1:qx,j:qr,f:q9,1:qa,1:qb,1:qc,1:qd,1:qe,1:qf,1:qg,1:qh,1:qi,1:qj,1:qk,1:ql,1:qm,1:qn,1:qo,1:qp,1:qg,1:q" +
  "r,1:qs,1:qt,1:qu,1:qv,1:qw,1:qx,j:qr,f:q9,1:qa,1:qb,1:qc,1:qd,1:qe,1:qf,1:qg,1:qh,1:qi,1:qj,1:qk,1:ql,1:qm,1:q" +
  "n,1:qo,1:qp,1:qg,1:qr,1:qs,1:qt,1:qu,1:qv,1:qw,1:qx,j:qr,f:q9,1:qa,1:qb,1:qc,1:qd,1:qe,1:qf,1:qg,1:qh,1:qi,1:q" +
  "j,1:qk,1:ql,1:qm,1:qn,1:qo,1:qp,1:qg,1:qr,1:qs,1:qt,1:qu,1:qv,1:qw,1:qx,j:qr,f:q9,1:qa,1:qb,1:qc,1:qd,1:qe,1:q" +
  "f,1:qg,1:qh,1:qi,1:qj,1:qk,1:ql,1:qm,1:qn,1:qo,1:qp,1:qg,1:qr,1:qs,1:qt,1:qu,1:qv,1:qw,1:qx,j:qr";
