// Five bodies that attract each other: doubles in objects.
class Body {
  constructor(
    public x: f64,
    public y: f64,
    public z: f64,
    public vx: f64,
    public vy: f64,
    public vz: f64,
    public mass: f64,
  ) {}
}

const COUNT = 5;
const bodies = new StaticArray<Body>(COUNT);
for (let i = 0; i < COUNT; i++) bodies[i] = new Body(0, 0, 0, 0, 0, 0, 0);

function reset(): void {
  for (let i = 0; i < COUNT; i++) {
    const body = bodies[i];
    body.x = 5.1 * i, body.y = 3.7 - i, body.z = 0.3 * i * i;
    body.vx = 0.1 * i, body.vy = 0.2 - 0.05 * i, body.vz = -0.03 * i;
    body.mass = i === 0 ? 39.5 : 0.04 / i;
  }
}

function advance(step: f64): void {
  for (let i = 0; i < COUNT; i++) {
    const a = unchecked(bodies[i]);
    for (let j = i + 1; j < COUNT; j++) {
      const b = unchecked(bodies[j]);
      const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      const squared = dx * dx + dy * dy + dz * dz;
      const pull = step / (squared * sqrt(squared));
      a.vx -= dx * b.mass * pull;
      a.vy -= dy * b.mass * pull;
      a.vz -= dz * b.mass * pull;
      b.vx += dx * a.mass * pull;
      b.vy += dy * a.mass * pull;
      b.vz += dz * a.mass * pull;
    }
  }
  for (let i = 0; i < COUNT; i++) {
    const body = unchecked(bodies[i]);
    body.x += step * body.vx;
    body.y += step * body.vy;
    body.z += step * body.vz;
  }
}

export function run(n: i32): i32 {
  reset();
  for (let round = 0; round < n * 64; round++) advance(0.001);
  let sum: f64 = 0;
  for (let i = 0; i < COUNT; i++) sum += bodies[i].x + bodies[i].vy;
  return <i32> (<i64> (sum * 1e6));
}
