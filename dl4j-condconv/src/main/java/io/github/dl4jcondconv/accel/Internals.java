package io.github.dl4jcondconv.accel;

import java.lang.reflect.Field;

/** What DL4J has no methods for. */
final class Internals {
    private Internals() {}

    /** A field of an object, by the class that declares it. */
    @SuppressWarnings("unchecked")
    static <T> T get(Class<?> declaring, String name, Object object) {
        try {
            Field field = declaring.getDeclaredField(name);
            field.setAccessible(true);
            return (T) field.get(object);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "DL4J is not version 1.0.0-M2.1: no field " + declaring.getName() + "." + name, e);
        }
    }

    /** Sets a field of an object, by the class that declares it. */
    static void set(Class<?> declaring, String name, Object object, Object value) {
        try {
            Field field = declaring.getDeclaredField(name);
            field.setAccessible(true);
            field.set(object, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "DL4J is not version 1.0.0-M2.1: no field " + declaring.getName() + "." + name, e);
        }
    }
}
